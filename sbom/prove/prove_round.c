/*
 * prove_round - processes share the work by turns and report through one pipe,
 * in writes that are atomic (POSIX, PIPE_BUF).
 *
 * A process enters its namespaces once.  One that ends without a word for each
 * of its steps has failed.
 */
#include "sbom/prove/prove_round.h"
#include "sbom/prove/prove_path.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct round_report {
	size_t index;
	bool has_failed; /* text says why */
	struct prove_result result;
};
_Static_assert(sizeof(struct round_report) < PIPE_BUF, "one atomic write");

static void round_report(int out, size_t index, const struct prove_result *r,
	const struct err *e)
{
	struct round_report report = {.index = index, .result = *r};

	if (e != NULL) {
		report.has_failed = true;
		snprintf(report.result.text, sizeof(report.result.text), "%.*s",
			PROVE_TEXT_BYTES - 1, e->text);
	}
	fd_write(out, &report, sizeof(report), NULL);
}

static void round_work(const struct prove_round *r, unsigned worker, int out)
{
	struct prove_place place = *r->place;
	char tree[PROVE_PATH_BYTES];
	struct prove_result result = {0};
	struct err e = {0};

	umask(0);
	snprintf(tree, sizeof(tree), "%s/%u", r->place->tree, worker);
	place.tree = tree;
	if (mode_enter(place.mode, &e) < 0) {
		round_report(out, worker, &result, &e);
		return;
	}
	for (size_t i = worker; i < r->n; i += r->jobs) {
		int rc = prove_step_run(&place, &r->tries[i], &result, &e);

		round_report(out, i, &result, rc < 0 ? &e : NULL);
		if (rc < 0)
			return;
	}
}

static int round_collect(int in, const struct prove_round *r,
	struct prove_result *out, struct err *e)
{
	struct round_report report;
	size_t n = 0;
	int rc = 0;

	while (fd_read(in, &report, sizeof(report), NULL) == 0) {
		if (report.has_failed && rc == 0)
			rc = err_set(e, "%s", report.result.text);
		if (report.index < r->n)
			out[report.index] = report.result;
		n++;
	}
	if (rc == 0 && n != r->n)
		rc = err_set(e, "a process that ran steps has died");
	return rc;
}

static int round_start(
	const struct prove_round *r, int ends[2], pid_t *pids, struct err *e)
{
	for (unsigned i = 0; i < r->jobs; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			return err_sys(e, "fork");
		if (pids[i] == 0) {
			fd_close(&ends[0]);
			round_work(r, i, ends[1]);
			_exit(0);
		}
	}
	return 0;
}

int prove_round(
	const struct prove_round *r, struct prove_result *out, struct err *e)
{
	pid_t pids[PROVE_JOBS_MAX] = {0};
	int ends[2], rc;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "pipe");
	rc = round_start(r, ends, pids, e);
	fd_close(&ends[1]);
	if (rc == 0)
		rc = round_collect(ends[0], r, out, e);
	fd_close(&ends[0]);
	for (unsigned i = 0; i < r->jobs; i++)
		while (pids[i] > 0 && waitpid(pids[i], NULL, 0) < 0)
			if (errno != EINTR)
				break;
	return rc;
}
