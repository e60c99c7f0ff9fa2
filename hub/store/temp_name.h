/*
 * Names that clients give an upload until it is whole (WinSCP: "x.filepart", lftp: ".in.x").
 * The rename to the final name is then the end of the upload. Nothing waits.
 */
#ifndef STORE_TEMP_NAME_H
#define STORE_TEMP_NAME_H

#include "base/str.h"

/* The path that the file will have, in `to` of `size` bytes; false when the name is not one of
 * these. */
bool temp_final(char *to, size_t size, const char *path);

#endif
