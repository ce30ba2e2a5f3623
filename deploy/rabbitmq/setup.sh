#!/bin/sh
# Makes the broker ready for a mall: virtual host, one user for each deployment with its own permissions, exchanges,
# queues and policies. Run it at the first start, after each upgrade and after adding an agency; it repeats harmlessly.
#
#   SECRETS=/etc/gerai/secrets AGENCIES=immigration,legal deploy/rabbitmq/setup.sh
#
# RABBITMQCTL and GERAI are the commands to use, for instance inside containers (see docs/operations.md).
set -eu

secrets=${SECRETS:?the folder that deploy/new_secrets.py wrote}
agencies=${AGENCIES:-immigration,legal}
vhost=${VHOST:-gerai}
rabbitmqctl=${RABBITMQCTL:-rabbitmqctl}
gerai=${GERAI:-gerai}

ctl() { $rabbitmqctl --quiet "$@"; }

# A broker that was started a moment ago cannot be told anything yet, nor waited for before its node is there.
tries=60
until ctl await_startup </dev/null 2>/dev/null; do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ]; then
        # Once more, to be told why: a wrong cookie or a missing permission looks the same from here.
        ctl await_startup </dev/null || true
        echo "the broker does not come up" >&2
        exit 1
    fi
    sleep 1
done

ctl list_vhosts name --no-table-headers </dev/null | grep -Fxq "$vhost" || ctl add_vhost "$vhost" </dev/null

users=$(ctl list_users --no-table-headers </dev/null | cut -f 1)
for file in "$secrets"/*.bus_password; do
    user=$(basename "$file" .bus_password)
    # rabbitmqctl reads a password that is not among its arguments from its input.
    if printf '%s\n' "$users" | grep -Fxq "$user"; then
        ctl change_password "$user" <"$file" >/dev/null
    else
        ctl add_user "$user" <"$file" >/dev/null
    fi
done

# Declares exchanges and queues, and does nothing else; the services' users may not.
ctl set_permissions --vhost "$vhost" topology '.*' '.*' '.*' </dev/null
permissions=$($gerai topology permissions --agencies "$agencies" --vhost "$vhost" </dev/null)
policies=$($gerai topology policies --agencies "$agencies" --vhost "$vhost" </dev/null)
printf '%s\n%s\n' "$permissions" "$policies" | while IFS= read -r line; do
    # Each line is quoted for a shell.
    eval "ctl $line" </dev/null >/dev/null
done
GERAI_BUS_URL_FILE=$secrets/topology.bus_url $gerai topology apply --agencies "$agencies" </dev/null >/dev/null

# The account that every new broker has, with a password that everybody knows.
if printf '%s\n' "$users" | grep -Fxq guest; then ctl delete_user guest </dev/null; fi
echo "the virtual host $vhost is ready for $agencies"
