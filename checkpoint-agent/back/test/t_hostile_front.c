/*
 * A front that somebody has taken over: a process that says to the back what
 * it likes.  It gets nothing that the configuration does not serve, and no
 * archive is read or removed.
 */
#include "checkpoint-agent/back/supervise.h"

#include "checkpoint-agent/ipc/channel.h"
#include "checkpoint-agent/ipc/job.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ARCHIVE "checkpoint-web_default-main-2026-01-01T00:00:00Z.tar"

static char dir[] = "/tmp/t_hostile_front.XXXXXX";
static char archive[128];

/* Of the last answer. */
static struct job_answer answer;
static int answer_fd;

static struct job job_of(enum job_verb verb)
{
	struct job j = {.id = 7, .verb = verb};

	strcpy(j.namespace, "default");
	strcpy(j.pod, "web");
	if (verb == JOB_CHECKPOINT || verb == JOB_CHECK)
		strcpy(j.container, "nosuch");
	else
		strcpy(j.container, "main");
	if (verb == JOB_OPEN || verb == JOB_DELETE)
		strcpy(j.name, ARCHIVE);
	return j;
}

static bool gets_answer(int channel)
{
	struct pollfd p = {.fd = channel, .events = POLLIN};

	memset(&answer, 0, sizeof(answer));
	return poll(&p, 1, 60000) == 1 &&
	       channel_receive(channel, &answer, sizeof(answer), &answer_fd,
		       NULL) == (ssize_t)sizeof(answer);
}

static bool say(int channel, const struct job *j)
{
	const struct channel_packet packet = {j, sizeof(*j), -1};

	return channel_send(channel, &packet, NULL) == 0 &&
	       gets_answer(channel);
}

static bool is_refused(int channel, const struct job *j)
{
	return say(channel, j) && answer.status == JOB_FAILED &&
	       answer_fd < 0 && !answer.has_fd &&
	       strncmp(answer.cause, "not served here", 15) == 0;
}

static bool is_malformed(int channel, const struct job *j)
{
	return say(channel, j) && answer.status == JOB_FAILED &&
	       strncmp(answer.cause, "job: ", 5) == 0;
}

/* A line for each that went wrong; none: all went well. */
static void check(bool holds, const char *what)
{
	if (holds)
		return;
	printf("# %s: status %u, cause %s\n", what, answer.status,
		answer.cause);
	fflush(stdout);
	_exit(1);
}

static void try_features_that_are_off(int channel)
{
	struct job j = job_of(JOB_LIST);

	check(is_refused(channel, &j), "list");
	j = job_of(JOB_OPEN);
	check(is_refused(channel, &j), "open");
	j = job_of(JOB_DELETE);
	check(is_refused(channel, &j), "delete");
	j = job_of(JOB_SWEEP);
	check(is_refused(channel, &j), "sweep");
	j = job_of(JOB_CHECKPOINT);
	j.is_pod = 1;
	j.container[0] = '\0';
	check(is_refused(channel, &j), "checkpoint of a pod");
	j.verb = JOB_CHECK;
	check(is_refused(channel, &j), "check of a pod");
	j = job_of(JOB_CHECKPOINT);
	j.id = 0;
	check(is_refused(channel, &j), "a job without an id");
}

static void try_packets_that_are_no_jobs(int channel)
{
	struct job j = job_of(JOB_VERBS);

	check(is_malformed(channel, &j), "unknown verb");
	j = job_of(JOB_CHECKPOINT);
	memset(j.pod, 'a', sizeof(j.pod));
	check(is_malformed(channel, &j), "a name without an end");
	j = job_of(JOB_CHECKPOINT);
	strcpy(j.namespace, "../..");
	check(is_malformed(channel, &j), "a path for a name");
	j = job_of(JOB_CHECKPOINT);
	j.predump = 9;
	check(is_malformed(channel, &j), "a value out of range");
}

/* The last thing that it says: the back does not listen to it any more. */
static void try_a_short_packet(int channel)
{
	const struct channel_packet packet = {"x", 1, -1};
	struct pollfd p = {.fd = channel, .events = POLLIN};
	char byte = 0;
	int fd;

	check(channel_send(channel, &packet, NULL) == 0 &&
			poll(&p, 1, 60000) == 1 &&
			channel_receive(channel, &byte, 1, &fd, NULL) == 0,
		"a short packet");
}

static void be_hostile(int channel)
{
	try_features_that_are_off(channel);
	try_packets_that_are_no_jobs(channel);
	try_a_short_packet(channel);
}

static void try_what_is_off_altogether(int channel)
{
	struct job j = job_of(JOB_CHECKPOINT);

	check(is_refused(channel, &j), "checkpoint");
	j = job_of(JOB_CHECK);
	check(is_refused(channel, &j), "check");
}

static void do_what_is_allowed(int channel)
{
	struct job j = job_of(JOB_LIST);

	check(say(channel, &j) && answer.status == JOB_DONE && answer_fd >= 0,
		"list");
	j = job_of(JOB_OPEN);
	check(say(channel, &j) && answer.status == JOB_DONE && answer_fd >= 0,
		"open");
	j.verb = JOB_SWEEP;
	check(is_refused(channel, &j), "sweep");
}

/* Run the back with this front; did all go as the front expects? */
static bool runs(
	const struct config_features *features, void (*front)(int channel))
{
	static struct config c; /* large */
	static struct credentials_files files = {.key = ""};
	struct buf packet = buf_growing(16);
	struct supervise_front ends;
	int jobs[2], credentials[2], result[2];
	struct err e = {0};
	char byte = 'x';

	c.features = *features;
	c.jobs.dir = dir;
	c.jobs.host_root = c.jobs.cri_endpoint = "";
	c.jobs.default_timeout_ms = 60000;
	assert_int_equal(channel_make(jobs, &e), 0);
	assert_int_equal(channel_make(credentials, &e), 0);
	assert_int_equal(pipe(result), 0);
	fflush(NULL);
	ends = (struct supervise_front){fork(), jobs[0], credentials[0]};
	if (ends.pid == 0) {
		close(jobs[0]);
		front(jobs[1]);
		fflush(NULL);
		_exit(write(result[1], "y", 1) != 1);
	}
	close(jobs[1]);
	close(result[1]);
	/* the front ends by itself, which the back takes for a failure */
	assert_int_equal(supervise_run(&c, &ends, &files, &packet, &e), -1);
	if (read(result[0], &byte, 1) != 1)
		byte = 'n';
	close(result[0]);
	close(credentials[1]);
	return byte == 'y';
}

static void a_front_gets_only_what_is_served(void **state)
{
	static const struct config_features some = {.has_checkpoint = true},
					    none = {.has_pods = true},
					    all = {true, true, true};

	(void)state;
	assert_true(runs(&some, be_hostile));
	assert_true(runs(&none, try_what_is_off_altogether));
	assert_int_equal(access(archive, F_OK), 0);
	assert_true(runs(&all, do_what_is_allowed));
	assert_int_equal(access(archive, F_OK), 0);
}

static int make_archive(void **state)
{
	int fd;

	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(archive, sizeof(archive), "%s/" ARCHIVE, dir);
	fd = open(archive, O_CREAT | O_WRONLY, 0600);
	return close(fd);
}

static int remove_archive(void **state)
{
	(void)state;
	unlink(archive);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_front_gets_only_what_is_served),
	};

	return cmocka_run_group_tests_name(
		"hostile front", tests, make_archive, remove_archive);
}
