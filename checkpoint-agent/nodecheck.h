/*
 * nodecheck - can containers be checkpointed on this node at all?
 *
 * What the kernel, CRIU, the runtimes and the directory of archives have to
 * offer, one line each.  Nothing is changed and nothing of others' is run.
 */
#ifndef CHECKPOINT_AGENT_NODECHECK_H
#define CHECKPOINT_AGENT_NODECHECK_H

#include "lib/base/args.h"
#include "lib/base/buf.h"

#define NODECHECK_LINES_MAX 16
#define NODECHECK_TEXT      160

enum nodecheck_grade {
	NODECHECK_GOOD,
	NODECHECK_LESS, /* it works, but something does not */
	NODECHECK_BAD,  /* no checkpoint can be made */
	NODECHECK_GRADES
};

struct nodecheck_line {
	const char *name;
	enum nodecheck_grade grade;
	char text[NODECHECK_TEXT];
};

struct nodecheck {
	struct nodecheck_line line[NODECHECK_LINES_MAX];
	size_t n;
};

/* What to look at. */
struct nodecheck_place {
	int root;                      /* hostfs root */
	const char *criu;              /* program */
	const char *dir;               /* of archives */
	const char *cri_endpoint;      /* as resolve.h has it */
	const struct args_list *roots; /* state directories */
};

void nodecheck_look(struct nodecheck *c, const struct nodecheck_place *p);

/* The worst of all lines. */
enum nodecheck_grade nodecheck_worst(const struct nodecheck *c);

/* As a table, or as one JSON object. */
void nodecheck_put(struct buf *b, const struct nodecheck *c);
void nodecheck_put_json(struct buf *b, const struct nodecheck *c);

#endif
