"""What following code with values is made of: values, objects, the state of a path, arguments, classes."""
