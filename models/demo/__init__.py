"""The demo floor: made-up people, companies and six months of calls, from a fixed seed. Nobody in it exists.

`making` makes it, `colleague` works on it, `alive` keeps colleagues at work beside a desk. Everything else is tables
and the telling of one lead's life, in memory and by the heart's own rules.
"""
