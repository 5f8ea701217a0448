from app.hoc.spine.two import thing  #! resolves
