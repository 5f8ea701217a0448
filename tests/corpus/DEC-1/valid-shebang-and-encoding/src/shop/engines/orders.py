#!/usr/bin/env python
# -*- coding: utf-8 -*-
# Layer: Engines
# Role: Decides what to order.
x = 1
