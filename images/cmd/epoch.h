/*
 * epoch - the time that documents and files are given, so that they can be made
 * again: SOURCE_DATE_EPOCH, else the start of 2026
 * (https://reproducible-builds.org/specs/source-date-epoch/).
 */
#ifndef KEELSON_IMAGES_CMD_EPOCH_H
#define KEELSON_IMAGES_CMD_EPOCH_H

#include "lib/base/err.h"

#include <stdint.h>

/* Seconds since 1970. 0 or -1 (ERR_USAGE). */
int epoch_read(int64_t *time_s, struct err *e);

#endif
