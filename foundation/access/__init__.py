"""Who is at the door: passwords, sign-ins, tokens, throttling, and what a person may do where."""
