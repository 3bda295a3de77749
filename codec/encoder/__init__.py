"""The sender, in the order of the data.

    survey     one look at every frame: keyframes, cuts, segments
    modes      a file for each: its options, the frames that it asks for, and how it turns them into a recipe
    gather     one reading for the frames that were asked for
    choices    what is tried on them: plane codecs, hints, networks
    recipe     everything that is fixed before the first segment is coded
    tracks     how gray and color are carried: each codes its part of a segment
    segment    one segment, from frames to a record: a pure function of recipe and input
    schedule   who codes which segment, when
    write      records in their order, with the packets to copy between them
    summary    the report
    encode     all of that

Nothing is imported here: the options of the modes must be there at once when a command asks for them.
"""
