/*
 * run_log - when and where a build was recorded: DIR/runs.jsonl, a line each
 * (docs/formats/record.md).  All that differs from run to run is there and
 * nowhere else in the evidence.
 */
#ifndef KEELSON_OUTSIDE_RUN_LOG_H
#define KEELSON_OUTSIDE_RUN_LOG_H

#include "static-build/outside/place.h"

struct run_log {
	int64_t started_ns; /* since 1970 */
	char id[37];        /* a random UUID (RFC 9562 5.4) */
};

/* A run begins. 0 or -1. */
int run_log_start(struct run_log *r, struct err *e);

/*
 * It has ended: append its line.
 * @argv  the command
 * @rc    its exit code
 * 0 or -1.
 */
int run_log_finish(const struct run_log *r, const struct place *p,
	char *const *argv, int rc, struct err *e);

#endif
