/*
 * args_value - the values of options.
 */
#ifndef KEELSON_BASE_ARGS_VALUE_H
#define KEELSON_BASE_ARGS_VALUE_H

#include "lib/base/args_table.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/*
 * Parse the value of an option and store it.  value is NULL for a switch
 * without one.  0, or -1 with ERR_USAGE and the option's name.
 */
int args_set(const struct args_option *o, const char *value, struct err *e);

/* The parsers of sizes and times, for configuration files too.  0 or -1. */
int args_size(struct str s, uint64_t *bytes);
int args_time(struct str s, uint64_t *ms);

#endif
