/*
 * command - `keelson image ...`: the lines of the command table, one file
 * each.
 */
#ifndef KEELSON_IMAGES_COMMAND_H
#define KEELSON_IMAGES_COMMAND_H

#include "lib/base/args.h"

extern const struct args_option build_options[];
int build_main(size_t n, const char *const *operands);

extern const struct args_option list_options[];
int list_main(size_t n, const char *const *operands);

#endif
