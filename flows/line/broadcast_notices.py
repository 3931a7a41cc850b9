"""What a message to many says besides its own words: who sends it, and how to end such messages."""

from __future__ import annotations

from flows.prompts import T_

NAMED = T_("Phsar: {words}")
ENDS_BY_SMS = T_("{words}\nTo stop: STOP")
ENDS_BY_CALL = T_("{words}\nTo stop, ring {number}")
