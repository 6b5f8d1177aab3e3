/*
 * output - the archive's file, with the layers that the options ask for.
 */
#ifndef CHECKPOINT_AGENT_ARCHIVE_OUTPUT_H
#define CHECKPOINT_AGENT_ARCHIVE_OUTPUT_H

#include "checkpoint-agent/archive/flow_age.h"
#include "checkpoint-agent/archive/flow_zip.h"
#include "checkpoint-agent/ipc/dump_options.h"
#include "checkpoint-agent/store/archive_name.h"
#include "checkpoint-agent/store/new_file.h"
#include "lib/arc/sha256.h"
#include "lib/base/err.h"

#include <limits.h>

struct output {
	struct new_file out;
	struct flow_file file;
	struct flow_zip zip;
	struct flow_age age;
	struct flow *top; /* the uppermost layer: write into this one */
	bool is_encrypted;
	bool has_sum; /* write sha256_beside too; the user's, set after open */
	char sum[SHA256_HEX + 1]; /* "" until it is known */
};

/* Are compression and recipients valid? 0 or -1 (ERR_USAGE). */
int output_check(const struct dump_options *options, struct err *e);

/*
 * Open a file in dir, compressed and encrypted as the options say; tag as
 * new_file_open() takes it.  Call output_drop() also after -1.
 */
int output_open(struct output *o, int dir, const char *tag,
	const struct dump_options *options, struct err *e);

/* The file when no layer is above it, else NULL. */
const struct flow_file *output_plain_file(const struct output *o);

/*
 * The archive is complete: link it under `name`, as new_file_link() does.  The
 * file with its SHA-256, if one is asked for, is written before.
 */
int output_link(struct output *o, const char *name, struct err *e);

/*
 * The same under the first free name that is made of *n; n->again counts up.
 * @link  gets the name
 * Errors: ERR_LIMIT no name is free, or it is too long.
 */
int output_name(struct output *o, struct archive_name *n,
	char link[NAME_MAX + 1], struct err *e);

/* Length of the file in bytes. */
uint64_t output_bytes(const struct output *o);

/* Free everything; the file is removed unless new_file_finish() was called. */
void output_drop(struct output *o);

#endif
