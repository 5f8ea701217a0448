from app.hoc.spine.two import *
