from app.hoc.spine.one import *
