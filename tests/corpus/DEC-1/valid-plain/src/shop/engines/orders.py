# SPDX-License-Identifier: Apache-2.0
# Layer: Engines — where decisions are made
# Role: Decides what to order,
#   and when.
# Since: 2024
"""Orders."""

x = 1
