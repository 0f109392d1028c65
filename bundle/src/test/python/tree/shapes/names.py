def of(thing):
    return type(thing).__name__.lower()
