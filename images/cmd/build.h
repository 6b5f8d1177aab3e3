/*
 * build - building images, for `keelson build` and `keelson image build`.
 */
#ifndef KEELSON_IMAGES_CMD_BUILD_H
#define KEELSON_IMAGES_CMD_BUILD_H

#include "lib/base/args_table.h"
#include "lib/base/err.h"

/* Of both commands; what is not given is as keelson.yaml says. */
extern const struct args_option build_options[];

/*
 * Build these definitions as the project in the working directory and the
 * options say, with a line on standard output for each. 0 or -1.
 */
int build_images(size_t n, const char *const *definitions, struct err *e);

#endif
