# agent.bash - run the checkpoint-agent from its image; the lab is its node.
#
#   agent_start [OPTION...]    certificates in $AGENT, archives in $ARCHIVES
#   agent_stop                 its log is appended to /keep/agent.log
#   post PATH [CURL-OPTION...] request PATH as an administrator; prints the
#                              status, writes $AGENT/body and $AGENT/head
#   archive_of CONTAINER       checkpoint a container, print the archive's path

# shellcheck source-path=SCRIPTDIR
. "${BASH_SOURCE[0]%/*}/certs.bash"
. "${BASH_SOURCE[0]%/*}/wait.bash"
. "${BASH_SOURCE[0]%/*}/image.bash"

AGENT=/keep/agent
AGENT_URL=https://127.0.0.1:10350
ARCHIVES=/var/lib/kubelet/checkpoints

agent_certificates() {
	mkdir -p $AGENT
	certs_ca $AGENT ca
	certs_ca $AGENT rogue-ca
	certs_sign $AGENT ca server /CN=node IP:127.0.0.1
	certs_sign $AGENT ca admin /O=system:masters/CN=admin
	certs_sign $AGENT ca nobody /CN=nobody
	certs_sign $AGENT rogue-ca rogue /O=system:masters/CN=admin
}

agent_start() {
	# The restoring CRIU must know this kernel; Debian's is older than ours.
	install -m 0755 /keelson/build/bin/criu /usr/local/sbin/criu
	[ -e $AGENT/ca.crt ] || agent_certificates
	# Archives go to the work directory, on disk: the lab itself is in memory.
	mkdir -p /keep/archives $ARCHIVES
	chmod 0700 /keep/archives $ARCHIVES
	mountpoint -q $ARCHIVES || mount --bind /keep/archives $ARCHIVES
	podman run -d --name agent --cgroup-parent /keelson-lab --privileged \
		--pid host --network host --read-only --tmpfs /tmp \
		-v $AGENT:/etc/checkpoint-agent:ro -v $ARCHIVES:$ARCHIVES \
		"$(image_load checkpoint-agent)" serve \
		--tls-cert-file /etc/checkpoint-agent/server.crt \
		--tls-private-key-file /etc/checkpoint-agent/server.key \
		--client-ca-file /etc/checkpoint-agent/ca.crt \
		--host-root /proc/1/root "$@" >/dev/null
	wait_for curl -sk -o /dev/null "$AGENT_URL/healthz"
}

agent_stop() {
	podman stop -t 10 agent >/dev/null
	podman logs agent >>/keep/agent.log 2>&1
	podman rm agent >/dev/null
}

post() {
	local path=$1
	shift
	curl -sS -X POST --cacert $AGENT/ca.crt --cert $AGENT/admin.crt \
		--key $AGENT/admin.key -o $AGENT/body -D $AGENT/head \
		-w '%{http_code}' "$@" "$AGENT_URL$path"
}

archive_of() {
	local status
	status=$(post "/checkpoint/default/pod-$1/main")
	if [ "$status" != 200 ]; then
		echo "POST for $1: $status $(cat $AGENT/body)" >&2
		return 1
	fi
	jq -re '.items[0]' $AGENT/body
}
