/*
 * conn_state - changes of state, each with its timer.
 */
#include "checkpoint-agent/front/conn_state.h"

#include "checkpoint-agent/ipc/limits.h"

/*
 * Who has proved nothing may have to leave until its work has begun, which is
 * a matter of --anonymous-auth.
 */
static enum guest_rank rank_of(const struct conn *c)
{
	if (c->is_known)
		return c->state == CONN_HEAD && c->in.n == 0 ? GUEST_IDLE
							     : GUEST_BUSY;
	return c->state == CONN_JOB || c->state == CONN_STREAM ? GUEST_BUSY
							       : GUEST_UNKNOWN;
}

void conn_set_state(struct conn *c, enum conn_state state, uint64_t timeout_ms)
{
	c->state = state;
	c->guest.rank = rank_of(c);
	if (timeout_ms > 0)
		loop_timer_set(c->shared->loop, &c->timer, timeout_ms);
	else
		loop_timer_clear(c->shared->loop, &c->timer);
}

enum conn_step conn_step_of(enum tls_result r)
{
	switch (r) {
	case TLS_OK:
		return CONN_GO_ON;
	case TLS_WANT_READ:
		return CONN_WAIT_READ;
	case TLS_WANT_WRITE:
		return CONN_WAIT_WRITE;
	case TLS_END:
	case TLS_FAILED:
		break;
	}
	return CONN_GONE;
}

void conn_expect_head(struct conn *c)
{
	conn_set_state(c, CONN_HEAD,
		c->is_known ? LIMITS_IDLE_MS : LIMITS_IDLE_UNKNOWN_MS);
}
