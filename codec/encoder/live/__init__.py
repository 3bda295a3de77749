"""The sender of a live stream: one pass, nothing kept, bounded latency and memory (docs/live.md).

source ─► capture ─► segments ─► send ─► pipe, socket, receivers
          a bounded  the same            drops what a receiver cannot take
          queue      encode_segment
                        ▲   │ keyframes
              recipe,   │   ▼
              effort   pace, hints' quality, training (a process of its own)
"""
