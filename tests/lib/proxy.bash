# proxy.bash - run kube-proxy-mini from its image in the namespace `node`, and
# check what it does to traffic.  Sourced.
#
#   proxy ARGUMENT...          `podman run` with no more rights than it needs
#   proxy_start [OPTION...]    run it in the background as container `proxy`
#   proxy_end                  send TERM, print its exit status, keep its log
#   ask FROM ARGUMENT...       run tests/programs/ask in namespace FROM
#   answers_from ADDRESS PORT NAMES [FROM]
#                              exactly the endpoints NAMES, "a b c", answer
#   is_refused ADDRESS PORT    two connections are refused; no more are tried,
#                              as the kernel limits the rate of refusals
#   is_even TIMES NAMES        ask's output on stdin shows TIMES answers, shared
#                              evenly by NAMES

# shellcheck source-path=SCRIPTDIR
. "${BASH_SOURCE[0]%/*}/image.bash"

proxy() {
	podman run --network ns:/run/netns/node --cgroups disabled \
		--cap-drop all --cap-add NET_ADMIN --read-only \
		-v "$KUBE_DIR:$KUBE_DIR:ro" "$@"
}

proxy_start() { # OPTION...
	[ -e /keep/proxy-image ] ||
		image_load kube-proxy-mini >/keep/proxy-image
	proxy -d --name proxy "$(cat /keep/proxy-image)" \
		--kubeconfig "$KUBE_DIR/kubeconfig" --hostname-override node \
		"$@" >/dev/null
}

proxy_end() {
	podman stop -t 10 proxy >/dev/null 2>&1
	podman inspect --format '{{.State.ExitCode}}' proxy
	podman logs proxy >>/keep/proxy.log 2>&1
}

ask() {
	local from=$1
	shift
	in_ns "$from" /keelson/build/test/bin/ask "$@"
}

answers_from() { # ADDRESS PORT WANTED [FROM]
	local found
	found=$(ask "${4:-client}" -n 60 -w 200 "$1" "$2" |
		awk '{ print $2 }' | sort | xargs)
	[ "$found" = "$3" ]
}

is_refused() {
	[ "$(ask client -n 2 -w 500 "$1" "$2")" = '2 refused' ]
}

# Each name answered within 20 % of its share, and nothing failed.
is_even() {
	awk -v times="$1" -v names="$2" '
	BEGIN { wanted = split(names, list, " "); share = times / wanted }
	{ n[$2] += $1; total += $1 }
	END {
		for (name in n) {
			seen++
			if (n[name] < share * 0.8 || n[name] > share * 1.2)
				bad = 1
			print name, n[name]
		}
		exit bad || seen != wanted || total != times
	}'
}
