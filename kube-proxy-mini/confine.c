/*
 * confine - three stages of lib/net/sandbox: capabilities, identity, system
 * calls.  The table holds the calls that this program makes beyond those that
 * every program needs (memory, time, signals), which the sandbox adds.
 */
#include "kube-proxy-mini/confine.h"

#include "lib/net/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static const struct sandbox_call calls[] = {
	SANDBOX_CALLS_SOCKET_IO,
	SANDBOX_CALLS_CONNECT,
	{__NR_socket, 0, UINT32_MAX, AF_NETLINK},
	SANDBOX_CALL(bind),
	SANDBOX_CALL(listen),
	SANDBOX_CALL(accept4),
	SANDBOX_CALL(shutdown),
	SANDBOX_CALL(getsockname),
	SANDBOX_CALLS_READ_FILES,
	SANDBOX_CALL(fcntl),
	SANDBOX_CALL(getrusage),
	SANDBOX_CALL(prlimit64),
	SANDBOX_CALLS_END,
};

int confine_self(struct err *e)
{
	struct sandbox s = {
		.capabilities = 1ull << CAP_NET_ADMIN,
		.calls = calls,
	};

	if (sandbox_capabilities(&s, e) < 0 || sandbox_identity(&s, e) < 0 ||
		sandbox_calls(&s, e) < 0)
		return err_at(e, "drop privileges");
	return 0;
}
