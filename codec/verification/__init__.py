"""Whether a stream is whole, and whether it is what it says of its source.

comparison  a decoded frame beside the source's
verify      a full decode into nowhere, with hashes of the frames, and a comparison where the source is given
"""

from codec.verification.verify import Verified, VerifyOptions, verify

__all__ = ["Verified", "VerifyOptions", "verify"]
