/*
 * clock - the time in nanoseconds.
 */
#ifndef KEELSON_BASE_CLOCK_H
#define KEELSON_BASE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC, which is never set: for durations and deadlines. */
uint64_t clock_monotonic_ns(void);

/* The processor time that this process has used. */
uint64_t clock_cpu_ns(void);

/* Since 1970, as the administrator may set it: for what people read. */
int64_t clock_wall_ns(void);

#endif
