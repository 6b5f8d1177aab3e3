/*
 * self_signed - collects the host name and the addresses of all interfaces,
 * has mbedTLS make a certificate for them, and writes both files.
 *
 * The key is written first, so that no certificate is left without its key.
 */
#include "checkpoint-agent/back/self_signed.h"

#include "checkpoint-agent/ipc/limits.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/net/tls.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <time.h>
#include <unistd.h>

#define VALID_DAYS     365
#define ADDRESSES_MAX  12
#define HOST_BYTES     254
#define FILE_BYTES_MAX (LIMITS_CREDENTIALS_BYTES / 2)

struct addresses {
	char text[ADDRESSES_MAX][INET6_ADDRSTRLEN];
	const char *list[ADDRESSES_MAX + 1];
	size_t n;
};

static void add_address(struct addresses *a, int family, const void *bytes)
{
	if (a->n == ADDRESSES_MAX)
		return;
	if (inet_ntop(family, bytes, a->text[a->n], INET6_ADDRSTRLEN) == NULL)
		return;
	a->list[a->n] = a->text[a->n];
	a->n++;
}

static void add_socket_address(struct addresses *a, const struct sockaddr *s)
{
	const void *p = s; /* of the family's own type */
	const struct sockaddr_in *v4 = p;
	const struct sockaddr_in6 *v6 = p;

	if (s->sa_family == AF_INET)
		add_address(a, AF_INET, &v4->sin_addr);
	else if (s->sa_family == AF_INET6 &&
		 !IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr))
		add_address(a, AF_INET6, &v6->sin6_addr);
}

/* Loopback first, as it is used most; then those of the interfaces. */
static void find_addresses(struct addresses *a)
{
	static const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;
	struct in_addr v4 = {.s_addr = htonl(INADDR_LOOPBACK)};
	struct ifaddrs *all;

	a->n = 0;
	add_address(a, AF_INET, &v4);
	add_address(a, AF_INET6, &loopback);
	if (getifaddrs(&all) == 0) {
		for (struct ifaddrs *i = all; i != NULL; i = i->ifa_next)
			if (i->ifa_addr != NULL &&
				!(i->ifa_flags & IFF_LOOPBACK))
				add_socket_address(a, i->ifa_addr);
		freeifaddrs(all);
	}
	a->list[a->n] = NULL;
}

bool self_signed_is_usable(const char *certificate, const char *key)
{
	AUTO_BUF struct buf pem = buf_growing(FILE_BYTES_MAX);
	int64_t until;

	return file_read(certificate, &pem, NULL) == 0 &&
	       tls_mbed_expiry(buf_view(&pem), &until, NULL) == 0 &&
	       until > time(NULL) && access(key, R_OK) == 0;
}

int self_signed_make(const char *certificate, const char *key, struct err *e)
{
	char host[HOST_BYTES] = "localhost";
	const char *dns[] = {host, "localhost", NULL};
	struct addresses a;
	struct tls_identity who = {.common_name = host,
		.dns = dns,
		.ip = a.list,
		.days = VALID_DAYS};
	AUTO_BUF struct buf cert_pem = buf_growing(FILE_BYTES_MAX);
	struct buf key_pem = buf_growing(FILE_BYTES_MAX);
	int rc;

	gethostname(host, sizeof(host) - 1);
	find_addresses(&a);
	rc = tls_mbed_self_signed(&who, &cert_pem, &key_pem, e);
	if (rc == 0)
		rc = file_write(key, buf_view(&key_pem), 0600, e);
	if (rc == 0)
		rc = file_write(certificate, buf_view(&cert_pem), 0644, e);
	buf_wipe(&key_pem);
	if (rc == 0)
		log_event(LOG_INFO, "made a self-signed certificate", "file",
			certificate, NULL);
	return rc;
}
