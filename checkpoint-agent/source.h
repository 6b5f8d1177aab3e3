/*
 * source - the bytes of an archive as they are read: from a file or standard
 * input, and decrypted when it is an age file and a key is given.
 */
#ifndef CHECKPOINT_AGENT_SOURCE_H
#define CHECKPOINT_AGENT_SOURCE_H

#include "lib/arc/age.h"
#include "lib/base/args.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#define SOURCE_PIECE_BYTES 65536

/* The option that each command which reads archives has. */
#define SOURCE_OPTION(list)                                                   \
	{                                                                     \
		"identity", 'i', ARGS_LIST, &(list), "FILE",                  \
				"age key file that opens an encrypted "       \
				"archive",                                    \
				0, 0, NULL                                    \
	}

struct source {
	int fd;
	bool is_own;      /* fd is closed at the end */
	int64_t size;     /* of a plain file, else 0: nothing is skipped */
	struct age *age;  /* owned; NULL: as they lie there */
	struct buf plain; /* what came out of age last */
	size_t raw_n;     /* bytes of `raw` that nobody has seen */
	bool is_over;
	unsigned char raw[SOURCE_PIECE_BYTES];
};

/*
 * path: "-" is standard input.  identities: files as age-keygen writes them,
 * NULL or empty for none.  source_close() in any case.
 * Errors: ERR_INPUT it is encrypted and no key is given.
 */
int source_open(struct source *s, const char *path,
		const struct args_list *identities, struct err *e);
/* The same from a descriptor, which stays the caller's. */
int source_open_fd(struct source *s, int fd,
		const struct args_list *identities, struct err *e);

/*
 * The next bytes, valid until the next call: their number, 0 at the end, -1.
 * Decrypted ones are authentic; that they are whole is known at the end only.
 */
long source_next(struct source *s, const void **bytes, struct err *e);

/*
 * Pass over n bytes if that costs nothing: how many were passed, 0 when they
 * have to be read.
 */
int64_t source_skip(struct source *s, int64_t n);

/* Read to the end and forget it, so that a cut file is noticed. 0 or -1. */
int source_drain(struct source *s, struct err *e);

void source_close(struct source *s);

#endif
