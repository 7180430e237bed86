<?php
// The message, what carries its trace, and what is done with it.

use Symfony\Component\Messenger\Exception\UnrecoverableMessageHandlingException;
use Symfony\Component\Messenger\Stamp\StampInterface;

class Work
{
    public function __construct(public string $name, public string $act = 'return')
    {
    }
}

class TraceStamp implements StampInterface
{
    public function __construct(public string $traceparent)
    {
    }
}

function perform(Work $work): void
{
    tell(['ran' => $work->name]);
    if ($work->act === 'fail') throw new RuntimeException('cannot be done');
    if ($work->act === 'give up') throw new UnrecoverableMessageHandlingException('never');
    if ($work->act === 'hold') sleep(3600);
}
