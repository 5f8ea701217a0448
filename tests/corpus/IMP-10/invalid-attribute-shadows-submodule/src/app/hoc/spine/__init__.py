from app.hoc.spine.other import util
