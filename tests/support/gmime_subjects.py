#!/usr/bin/env python3
"""Prints the subject of each message as GMime reads it. Evolution, Balsa,
notmuch and others read mail by that library.

usage: gmime_subjects.py FILE...
"""

import ctypes
import sys

LIBRARY = "libgmime-3.0.so.0"
HOLDER = ctypes.c_void_p


def declared(function, result, *arguments):
    function.restype = result
    function.argtypes = arguments
    return function


def main():
    gmime = ctypes.CDLL(LIBRARY)
    gmime.g_mime_init()
    new_stream = declared(gmime.g_mime_stream_mem_new_with_buffer, HOLDER,
                          ctypes.c_char_p, ctypes.c_size_t)
    new_parser = declared(gmime.g_mime_parser_new_with_stream, HOLDER, HOLDER)
    parse = declared(gmime.g_mime_parser_construct_message, HOLDER, HOLDER,
                     HOLDER)
    subject_of = declared(gmime.g_mime_message_get_subject, ctypes.c_char_p,
                          HOLDER)
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            data = file.read()
        message = parse(new_parser(new_stream(data, len(data))), None)
        sys.stdout.buffer.write(subject_of(message) + b"\n")


if __name__ == "__main__":
    main()
