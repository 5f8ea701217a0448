import importlib

old = importlib.import_module('shop.engines.old')
