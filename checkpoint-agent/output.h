/*
 * output - the file an archive goes to, with the layers asked for.
 */
#ifndef CHECKPOINT_AGENT_OUTPUT_H
#define CHECKPOINT_AGENT_OUTPUT_H

#include "checkpoint-agent/flow_age.h"
#include "checkpoint-agent/flow_zip.h"
#include "checkpoint-agent/name.h"
#include "checkpoint-agent/outfile.h"
#include "lib/arc/sha256.h"
#include "lib/base/args.h"
#include "lib/base/err.h"

#include <limits.h>

struct output_form {
	const char *compress;               /* "none" or "", "gzip", "zstd" */
	const struct args_list *recipients; /* NULL or empty: in the clear */
	bool has_manifest;                  /* inside */
	bool has_sum;                       /* beside (sidecar.h) */
};

struct output {
	struct outfile out;
	struct flow_file file;
	struct flow_zip zip;
	struct flow_age age;
	struct flow *top; /* where the archive's bytes go in */
	bool is_encrypted;
	bool has_sum;
	char sum[SHA256_HEX + 1]; /* "" until it is known */
};

/* Is the form one that can be had? 0 or -1 (ERR_USAGE). */
int output_check(const struct output_form *form, struct err *e);

/* Open in dir; tag as outfile.h has it. After -1 output_drop() is due too. */
int output_open(struct output *o, int dir, const char *tag,
	const struct output_form *form, struct err *e);

/* The file itself when nothing lies above it, else NULL. */
const struct flow_file *output_plain_file(const struct output *o);

/*
 * The archive is complete: give it the name, as outfile_link() does, and what
 * stands beside it first.
 */
int output_link(struct output *o, const char *name, struct err *e);

/*
 * The same with the first name of n that is free, which is written to link;
 * n->again counts.  ERR_LIMIT: none is, or it is too long.
 */
int output_name(struct output *o, struct name *n, char link[NAME_MAX + 1],
	struct err *e);

/* Bytes in the file. */
uint64_t output_bytes(const struct output *o);

/* Without outfile_finish() before, no file remains. Wipes what was held. */
void output_drop(struct output *o);

#endif
