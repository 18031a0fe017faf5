// Run in a thread by judge-password.ts: answers with the power of ten of the guesses that a password takes.
import { parentPort, workerData } from 'node:worker_threads';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

const { password, known } = workerData as { password: string; known: string[] };
const judge = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
parentPort!.postMessage(judge.check(password, known).guessesLog10);
