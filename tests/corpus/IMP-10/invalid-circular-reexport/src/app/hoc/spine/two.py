from app.hoc.spine.one import thing  #! resolves
