/*
 * verify_builders - the same image by other builders: whose signatures count,
 * and who made another one.
 */
#ifndef KEELSON_IMAGES_CMD_VERIFY_BUILDERS_H
#define KEELSON_IMAGES_CMD_VERIFY_BUILDERS_H

#include "images/cmd/verify_keys.h"

/*
 * For each of k->with, the layout of a builder or the directory that has one
 * under the last name of v->path: if its image is the one of `v`, its signers
 * are added to *signers; if not, one line for each way in which it differs is
 * appended to `said`: who signed it, and files with the sections of programs.
 * 0 or -1: a layout cannot be read.
 */
int verify_builders(const struct verify_keys *k, struct view *v,
	struct verify_signers *signers, struct buf *said, struct err *e);

#endif
