/*
 * confine: see confine.h.  One table of calls; what any program of ours makes
 * anyway (memory, time, signals) is in lib/net/sandbox.
 */
#include "kube-proxy-mini/confine.h"
#include "lib/net/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* Files are opened for reading only. */
#define OPEN_MASK (O_ACCMODE | O_CREAT | O_TRUNC)

static const struct sandbox_call calls[] = {
	SANDBOX_CALL(recvfrom),
	SANDBOX_CALL(sendto),
	SANDBOX_CALL(recvmsg),
	SANDBOX_CALL(sendmsg),
	{__NR_socket, 0, UINT32_MAX, AF_INET},
	{__NR_socket, 0, UINT32_MAX, AF_INET6},
	{__NR_socket, 0, UINT32_MAX, AF_NETLINK},
	SANDBOX_CALL(connect),
	SANDBOX_CALL(bind),
	SANDBOX_CALL(listen),
	SANDBOX_CALL(accept4),
	SANDBOX_CALL(shutdown),
	SANDBOX_CALL(setsockopt),
	SANDBOX_CALL(getsockopt),
	SANDBOX_CALL(getsockname),
	{__NR_openat, 2, OPEN_MASK, O_RDONLY},
#ifdef __NR_open
	{__NR_open, 1, OPEN_MASK, O_RDONLY},
#endif
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
		return err_at(e, "give power away");
	return 0;
}
