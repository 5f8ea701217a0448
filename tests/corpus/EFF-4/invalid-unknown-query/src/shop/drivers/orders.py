def claim(query) -> None:
    query.with_for_update()  #? locks-in-one-place
