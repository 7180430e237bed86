<?php
// One phase with the real library: migrate, fill, view, work QUEUE. Prints records in JSON lines.

use Symfony\Component\Messenger\Envelope;
use Symfony\Component\Messenger\Stamp\DelayStamp;

require __DIR__ . '/application.php';

const OUTER = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = '00-' . OUTER . '-b7ad6b7169203331-01';

function migrate(): void
{
    transport('order')->setup();
}

/** What was sent, by name: a message that is tried again is a new row. */
$sent = [];

function send(string $queue, string $name, string $act = 'return', array $stamps = []): void
{
    global $sent;
    $envelope = transport($queue)->send(new Envelope(new Work($name, $act), $stamps));
    $sent[$name] = ['made' => $name, 'trace_id' => $envelope->last(TraceStamp::class) ? OUTER : null];
}

/** A worker in a process of its own. */
function start(string $queue)
{
    return proc_open([PHP_BINARY, __FILE__, 'work', $queue], [1 => ['file', '/dev/null', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes);
}

function rows(): array
{
    global $database;
    return $database->fetchAllAssociative('SELECT * FROM messenger_messages ORDER BY id');
}

function fill(): void
{
    global $sent;
    $traced = [new TraceStamp(TRACEPARENT)];
    send('runs', 'fails and is tried again', 'fail', $traced);
    send('runs', 'gives up', 'give up', $traced);
    send('runs', 'succeeds');
    proc_close(start('runs'));
    send('hands', 'in hand', 'hold');
    $holding = start('hands');
    for ($tries = 0; !array_filter(array_column(rows(), 'delivered_at')); ++$tries) {
        if ($tries === 600) throw new RuntimeException('the worker takes nothing');
        usleep(50000);
    }
    proc_terminate($holding, 9);
    proc_close($holding);
    foreach (['first', 'second', 'third'] as $name) {
        send('order', $name);
        usleep(1100000); // of one second, any is taken first
    }
    send('later', 'later', stamps: [new DelayStamp(HOUR * 1000)]);
    send('traces', 'traced', stamps: $traced);
    send(BY_PHP, 'serialised by PHP', stamps: $traced);
    foreach (rows() as $row)
        foreach ($sent as $name => $made)
            if (str_contains($row['body'], "\"$name\"") || str_contains($row['body'], "\\\"$name\\\"")) tell(['id' => (string) $row['id']] + $made);
}

function view(): void
{
    foreach (rows() as $row) tell(['view' => 'job', 'id' => (string) $row['id']] + $row);
}

[, $phase] = $argv;
$phase === 'work' ? work($argv[2]) : $phase();
