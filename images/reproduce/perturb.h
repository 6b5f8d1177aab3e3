/*
 * perturb - what differs between two builds that must give the same bits.
 *
 * A plan is made once: each perturbation is tried, and one that this machine
 * refuses is kept with the reason, so that a statement can say what was not
 * tested.  The second build's processes then follow the plan.
 */
#ifndef KEELSON_IMAGES_REPRODUCE_PERTURB_H
#define KEELSON_IMAGES_REPRODUCE_PERTURB_H

#include "images/reproduce/copy.h"
#include "lib/base/args_table.h"

#include <sys/types.h>

#define PERTURB_TEXT_BYTES 160

enum perturb_what {
	PERTURB_DIRECTORY,
	PERTURB_USER,
	PERTURB_HOST_NAME,
	PERTURB_UMASK,
	PERTURB_LOCALE,
	PERTURB_TIME_ZONE,
	PERTURB_CLOCK,
	PERTURB_FILE_TIMES,
	PERTURB_FILE_ORDER,
	PERTURB_JOBS,
	PERTURB_PROCESSORS,
	PERTURB_ASLR,
	PERTURB_ENVIRONMENT,
	PERTURB_COUNT,
};

/* Their names, as --without and the statement have them. */
extern const char *const perturb_names[PERTURB_COUNT];
#define PERTURB_NAMES                                                          \
	"user, host-name, umask, locale, time-zone, clock, file-times, "       \
	"file-order, jobs, processors, aslr, environment"

struct perturbation {
	bool is_on;
	/* What the second build has, or why it does not differ. */
	char text[PERTURB_TEXT_BYTES];
};

struct perturb {
	struct perturbation of[PERTURB_COUNT];
	const char *work;      /* directory of the second build's tree */
	int namespaces;        /* CLONE_NEW... of the second build, or 0 */
	bool has_disorderfs;   /* the order of files is turned by it */
	enum copy_order order; /* of the file system of `work` */
	mode_t umask;
	char locale[64];
	const char *time_zone;
	long jobs;
	long n_processors; /* of the first build */
};

/*
 * Plan all but those of `without`.  work: an existing directory.
 * 0, or -1: ERR_USAGE there is none of that name.
 */
int perturb_plan(const char *work, const struct args_list *without,
	struct perturb *out, struct err *e);

/* Enter the namespaces, with another host name; the next fork is inside. */
int perturb_enter(const struct perturb *p, struct err *e);

/* Of the process that will exec: rights, processors, environment. */
int perturb_become(const struct perturb *p, struct err *e);

/* The offset of the clock for faketime(1); NULL: it is not perturbed. */
const char *perturb_clock(const struct perturb *p);

#endif
