/*
 * prove - rebuild a program from what its evidence names, and nothing else.
 *
 * Sufficiency.  Each step of the graph (sbom/graph) is run again by itself, by
 * the command lines that the evidence recorded, in a tree that holds the files
 * that the step is said to have read, the tool, the tool's shared libraries,
 * and nothing more: without a network, without privileges, without the rest of
 * this machine.  It must give the recorded bytes; and what the compiler then
 * says that it read must be what the evidence names.  As each step's inputs
 * are other steps' outputs, by digest, the steps together are the build.
 *
 * Necessity.  Some of the files are taken away, or emptied, one at a time: the
 * step must fail or give other bytes; else the file is reported as read
 * without effect.
 *
 * What is not run again is given, and said to be: archives (their members that
 * were linked are proven one by one) and sources that shell commands of a
 * makefile wrote.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_H
#define KEELSON_SBOM_PROVE_PROVE_H

#include "sbom/graph/graph.h"
#include "sbom/prove/prove_result.h"

/* One file taken away. */
enum prove_need {
	PROVE_NEEDED,    /* the step fails without it */
	PROVE_COUNTS,    /* its bytes change the output */
	PROVE_NO_EFFECT, /* read, but the output is the same when it is empty */
};
struct prove_taken {
	uint32_t file, step;
	enum prove_need need;
};

struct prove_request {
	const struct graph *graph;
	const char *work; /* an empty directory for trees; not noexec */
	unsigned jobs;    /* steps at once, 1 to PROVE_JOBS_MAX */
	uint64_t seed;    /* of the samples */
	/* Of the objects that others' recipes compiled: rebuild only so many;
	   SIZE_MAX: all. */
	size_t members;
	size_t samples; /* files to take away */
};

struct prove_answer {
	struct prove_result *results; /* by step; in the graph's arena */
	size_t n_results, left_out;   /* steps; not among the members drawn */
	struct prove_taken *taken;
	size_t n_taken;
	size_t files;      /* that the steps run again read, each once */
	size_t host_files; /* of these the host's */
	size_t tool_files; /* the tools and their shared libraries */
	const char *lacks; /* what the confinement lacks here; "": nothing */
};

/*
 * 0, also when something is not proven; or -1: it could not be tried.
 */
int prove_program(
	const struct prove_request *r, struct prove_answer *out, struct err *e);

#endif
