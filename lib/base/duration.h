/*
 * duration - lengths of time as people and Kubernetes write them: "90s",
 * "1h15m30.918273645s", "1.5h", ".5s", "250ms", "10us", "0".
 *
 * The grammar is that of Go's time.ParseDuration, so that configuration files
 * mean here what they mean there; but a time below zero is refused, since
 * nothing that is configured by one makes sense below zero.
 */
#ifndef KEELSON_BASE_DURATION_H
#define KEELSON_BASE_DURATION_H

#include "lib/base/str.h"

/* Nanoseconds, at most INT64_MAX (292 years). 0 or -1. */
int duration_parse(struct str s, uint64_t *ns);

#endif
