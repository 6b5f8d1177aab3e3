/*
 * node_check - can containers be checkpointed on this node at all?
 *
 * One line each about the kernel, CRIU, the container runtimes and the
 * directory of archives.  Nothing on the node is changed.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_NODE_CHECK_H
#define CHECKPOINT_AGENT_PREFLIGHT_NODE_CHECK_H

#include "lib/base/args.h"
#include "lib/base/buf.h"

#define NODE_CHECK_LINES_MAX 16
#define NODE_CHECK_TEXT      160

enum node_check_grade {
	NODE_CHECK_GOOD,
	NODE_CHECK_LESS, /* checkpoints can be made, with less than usual */
	NODE_CHECK_BAD,  /* no checkpoint can be made */
	NODE_CHECK_GRADES
};

struct node_check_line {
	const char *name;
	enum node_check_grade grade;
	char text[NODE_CHECK_TEXT]; /* for people */
};

struct node_check {
	struct node_check_line line[NODE_CHECK_LINES_MAX];
	size_t n;
};

/* What is checked. */
struct node_check_place {
	int root;                      /* hostfs root */
	const char *criu;              /* program */
	const char *dir;               /* of archives */
	const char *cri_endpoint;      /* as in struct resolve_place */
	const struct args_list *roots; /* state directories, likewise */
};

/* Fill *c. Runs `criu check`, which may take seconds. */
void node_check_run(struct node_check *c, const struct node_check_place *p);

/* The worst grade of all lines. */
enum node_check_grade node_check_worst(const struct node_check *c);

/* Append the lines as a table for people, or as one JSON object. */
void node_check_put_text(struct buf *b, const struct node_check *c);
void node_check_put_json(struct buf *b, const struct node_check *c);

#endif
