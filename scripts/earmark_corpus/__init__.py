"""Real audio for the demonstration, the tests and the benchmark, made from Debian packages at run time.

packages  download and unpack packages, with a record of what was fetched
media     probe, decode to numpy, encode (through ffmpeg and ffprobe)
mix       active level, gains, fades, laying sounds over each other, repetition within a track
speech    long spoken passages out of short prompts
feed      an RSS 2.0 feed of episodes
server    a loopback HTTP server for a folder and such a feed

Only numpy and the standard library are used. Audio is float32, shape [samples, channels], nominal range [-1, 1].
"""
