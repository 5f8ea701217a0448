#!/usr/bin/env python
# -*- coding: utf-8 -*-

# Layer: L4 — Spine
"""x"""
x = 1
