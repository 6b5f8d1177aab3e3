/*
 * duration - durations as people and Kubernetes write them: "90s",
 * "1h15m30.918273645s", "1.5h", ".5s", "250ms", "10us", "0".
 *
 * The grammar is that of Go's time.ParseDuration, so that configuration files
 * of Kubernetes keep their meaning.  Negative durations are refused: no option
 * has a use for one.
 */
#ifndef KEELSON_BASE_DURATION_H
#define KEELSON_BASE_DURATION_H

#include "lib/base/buf.h"
#include "lib/base/str.h"

/* Nanoseconds, at most INT64_MAX (292 years). 0 or -1. */
int duration_parse(struct str s, uint64_t *ns);

/* As Go's time.Duration.String: "0s", "1.5s", "250ms", "1h15m0s". */
#define DURATION_TEXT_BYTES 32
void duration_write(uint64_t ns, struct buf *out);

#endif
