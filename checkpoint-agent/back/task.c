/*
 * task - finding the container and answering, for every verb.
 *
 * Names come from the front; they are compared with those of containers and
 * never used as paths.
 */
#include "checkpoint-agent/back/task.h"

#include "lib/base/fd.h"

#include <sys/mman.h>
#include <unistd.h>

int task_fail(struct task *t, enum job_status status)
{
	t->answer->status = status;
	return -1;
}

int task_check_timeout(struct task *t, struct err *e)
{
	if (t->job->timeout == JOB_TIMEOUT_UNREADABLE) {
		err_set(e, "timeout is not a number");
		return task_fail(t, JOB_BAD_TIMEOUT);
	}
	if (t->job->timeout == JOB_TIMEOUT_NEGATIVE)
		return err_set(e, "CheckpointContainer requires the timeout "
				  "value to be > 0");
	return 0;
}

/* The kubelet checks pod and container first, then the timeout. */
static int check_result(
	struct task *t, enum resolve_result result, struct err *e)
{
	switch (result) {
	case RESOLVE_NO_POD:
		err_kind(e, ERR_ABSENT, "pod %s not found", t->job->pod);
		return task_fail(t, JOB_NO_POD);
	case RESOLVE_NO_CONTAINER:
		err_kind(e, ERR_ABSENT, "container %s not found",
			t->job->container);
		return task_fail(t, JOB_NO_CONTAINER);
	case RESOLVE_NOT_RUNNING:
		if (task_check_timeout(t, e) < 0)
			return -1;
		return err_set(e, "container %s not found", t->job->container);
	case RESOLVE_FOUND:
		break;
	}
	return task_check_timeout(t, e);
}

int task_find_container(struct task *t, struct target *out, struct err *e)
{
	const struct resolve_query q = {.namespace = t->job->namespace,
		.pod = t->job->pod,
		.container = t->job->container};
	enum resolve_result result;

	if (resolve_find(&t->place, &q, out, &result, e) < 0)
		return -1;
	if (check_result(t, result, e) == 0)
		return 0;
	if (result == RESOLVE_FOUND)
		target_release(out);
	return -1;
}

int task_answer_bytes(struct task *t, struct str bytes, struct err *e)
{
	AUTO_FD int fd = memfd_create("answer", MFD_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "memory for the answer");
	if (fd_write(fd, bytes.p, bytes.n, e) < 0)
		return -1;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, "memory for the answer");
	t->answer->fd_bytes = bytes.n;
	t->fd = fd_take(&fd);
	return 0;
}
