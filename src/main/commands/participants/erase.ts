import { eraseParticipant } from '../../../accounts/eraseParticipant.ts';
import { CommandFailed, guidOption, type AddCommand } from '../../commandLine.ts';

/** `tributary participants erase`: takes a person out of the register. */
export const command: AddCommand = (participants, line) => {
  participants
    .command('erase')
    .description(
      'Takes a participant out of the register: her accounts, whose grants are given back, her tokens, her journeys and her identifier. Ledger and trail keep her GUID, which then leads to nobody.',
    )
    .requiredOption('--project <guid>', 'project', guidOption)
    .argument('<id>', 'GUID of the participant, as `participants list` shows it', guidOption)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary participants erase --project 5e0c… 9b1d…')
    .action(async (participantID: string, options: { project: string; json?: boolean }) => {
      const erasure = { projectID: options.project, participantID, actor: line.actor, now: line.clock.now() };
      const outcome = await line.withProject('participants erase', options.project, (database) =>
        eraseParticipant(database, erasure),
      );
      if (outcome.outcome === 'absent')
        throw new CommandFailed(
          'The project has no participant with this ID: see tributary participants list.',
        );
      if (outcome.outcome === 'busy')
        throw new CommandFailed(
          'She is connecting a provider at this moment, and what it grants could not be given back: try again in a minute. Nothing was changed.',
        );
      if (options.json === true) line.json({ erased: participantID, accounts: outcome.accounts });
      else line.say(`Erased the participant and ${outcome.accounts} external accounts.`);
    });
};
