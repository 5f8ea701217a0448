from app.hoc.spine.coordinator import *
